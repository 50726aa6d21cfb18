"""What each state lets pass without an effect; a new event or state is decided on here or in the table."""

from kiosk.visit import State

IGNORABLE = {
    State.WELCOME: """
        SuggestionChosen
        CodeTyped Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        StayChosen OfficeOpened BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.SCANNING: """
        SuggestionChosen
        CodeTyped ScanChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.TYPING: """
        SuggestionChosen
        ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.LOOKING_UP: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.CHOOSING_APPLICANTS: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut
        PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken
        BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.VERIFYING: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.CHOOSING_SERVICE: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.CHECKING_DOCUMENTS: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen PriorityDeclared PaperCameOut
        PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken
        BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.DECLARING_PRIORITY: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.ISSUING: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted BookingFound TicketsFound WalkInFound
        DigitsRight DigitsWrong Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.PRINTING: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.TICKET_PRINTED: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.TICKET_UNCERTAIN: """
        SuggestionChosen
        Interrupted CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed
        OfficeOpened Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued PrintUncertain QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.TICKET_ON_SCREEN: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.REFUSED: """
        SuggestionChosen
        CodeTyped ScanChosen InformationChosen QueueStatusChosen RateChosen ApplicantToggled
        ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared
        PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong Printed
        PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.RATING: """
        SuggestionChosen
        Interrupted CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing CommentWritten QueueNumberTyped StayChosen OfficeClosed
        OfficeOpened Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong
        TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.COMMENT: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.THANKS: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen Back
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.SURVEY_TICKET: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten StayChosen OfficeClosed OfficeOpened
        Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued
        Printed PrintUncertain PrintFailed SurveyChosen SurveyAnswered QueueFound
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.SURVEY: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten StayChosen OfficeClosed OfficeOpened
        Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued
        Printed PrintUncertain PrintFailed SurveyChosen SurveyTicketFound SurveyRefused QueueFound CodeScanned
        QueueNumberTyped
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.INFORMATION: """
        CodeTyped ScanChosen TypeChosen QueueStatusChosen RateChosen ApplicantToggled ApplicantsChosen
        DigitsTyped ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing
        Rated CommentWritten QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound
        TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain
        PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.QUEUE_STATUS: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten StayChosen OfficeClosed OfficeOpened Interrupted
        Broken BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed
        PrintUncertain PrintFailed
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.HELP: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused
        DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.STILL_THERE: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen RateChosen
        HelpChosen Back ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound Refused DigitsRight
        DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.CLOSED: """
        SuggestionChosen
        CodeTyped ScanChosen TypeChosen WalkInChosen QueueStatusChosen RateChosen HelpChosen Back Home
        ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady DocumentsMissing
        PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped StayChosen
        OfficeClosed BookingFound TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued
        Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.OUT_OF_SERVICE: """
        SuggestionChosen
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen QueueStatusChosen
        RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped StayChosen OfficeClosed OfficeOpened Interrupted Broken BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyChosen SurveyAnswered SurveyTicketFound SurveyRefused
        TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen DeviceChosen WayInFound LetIn TaskDone
    """.split(),
    State.TECHNICIAN_PIN: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen SuggestionChosen QueueStatusChosen
        RateChosen HelpChosen Back ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped SurveyChosen SurveyAnswered TechnicianChosen TechnicianCodeTyped TaskChosen DeviceChosen
        StayChosen OfficeClosed OfficeOpened Broken Interrupted BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyTicketFound SurveyRefused LetIn TaskDone
    """.split(),
    State.TECHNICIAN_CODE: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen SuggestionChosen
        QueueStatusChosen RateChosen HelpChosen Back ApplicantToggled ApplicantsChosen DigitsTyped
        ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated
        CommentWritten QueueNumberTyped SurveyChosen SurveyAnswered TechnicianChosen PinTyped TaskChosen DeviceChosen
        StayChosen OfficeClosed OfficeOpened Broken Interrupted BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyTicketFound SurveyRefused TaskDone
    """.split(),
    State.TECHNICIAN: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen SuggestionChosen QueueStatusChosen
        RateChosen HelpChosen Back ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen
        DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten
        QueueNumberTyped SurveyChosen SurveyAnswered TechnicianChosen PinTyped TechnicianCodeTyped DeviceChosen
        StayChosen OfficeClosed OfficeOpened Broken Interrupted BookingFound TicketsFound WalkInFound
        Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyTicketFound SurveyRefused WayInFound LetIn TaskDone
    """.split(),
    State.TECHNICIAN_WAITING: """
        CodeScanned CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen SuggestionChosen
        QueueStatusChosen RateChosen HelpChosen Back Home ApplicantToggled ApplicantsChosen DigitsTyped
        ServiceChosen DocumentsReady DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated
        CommentWritten QueueNumberTyped SurveyChosen SurveyAnswered TechnicianChosen PinTyped
        TechnicianCodeTyped TaskChosen DeviceChosen StayChosen OfficeClosed OfficeOpened Broken Interrupted BookingFound
        TicketsFound WalkInFound Refused DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain
        PrintFailed QueueFound SurveyTicketFound SurveyRefused WayInFound LetIn
    """.split(),
    State.TECHNICIAN_OUTCOME: """
        CodeTyped ScanChosen TypeChosen WalkInChosen InformationChosen SuggestionChosen QueueStatusChosen
        RateChosen HelpChosen ApplicantToggled ApplicantsChosen DigitsTyped ServiceChosen DocumentsReady
        DocumentsMissing PriorityDeclared PaperCameOut PaperMissing Rated CommentWritten QueueNumberTyped
        SurveyChosen SurveyAnswered TechnicianChosen PinTyped TechnicianCodeTyped TaskChosen StayChosen
        OfficeClosed OfficeOpened Broken Interrupted BookingFound TicketsFound WalkInFound Refused
        DigitsRight DigitsWrong TicketsIssued Printed PrintUncertain PrintFailed QueueFound
        SurveyTicketFound SurveyRefused WayInFound LetIn TaskDone
    """.split(),
}
